import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { chromium } from 'playwright-core';
import { expect, it } from 'vitest';
import { poll } from './poll.js';
import { startPostgresServer } from './postgres-server.js';
import { sendRedis, startRedisServer } from './redis-server.js';
import { describeWithService } from './services.js';

describeWithService('Redis', 'a Redis server', (redis) => {
  it('answers', async () => {
    expect(await sendRedis(redis().url, ['PING'])).toBe('PONG');
  });

  it('takes settings, and is gone once stopped', async () => {
    const server = await startRedisServer({ maxmemory: '10mb' });
    expect(await sendRedis(server.url, ['CONFIG', 'GET', 'maxmemory'])).toMatchObject(['maxmemory', '10485760']);

    await server.stop();
    await expect(sendRedis(server.url, ['PING'])).rejects.toThrow();
  });

  it('says what the server printed when it does not start', async () => {
    await expect(startRedisServer({ 'no-such-setting': 'x' })).rejects.toThrow(/no-such-setting/);
  });

  // A test run that is killed must not leave servers behind: neither its handlers nor ours run then.
  it('ends when the process that started it is killed', async () => {
    const script = `
      import { startRedisServer } from './test-support/redis-server.js';
      console.log((await startRedisServer()).url);
      setInterval(() => {}, 1000);
    `;
    // What is killed removes no folder of its own: it makes them in one that is removed here.
    const folder = await mkdtemp(join(tmpdir(), 'sess-killed-'));
    const parent = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      env: { ...process.env, TMPDIR: folder },
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const url = line.toString().trim();
    expect(await sendRedis(url, ['PING'])).toBe('PONG');

    parent.kill('SIGKILL');

    await poll(async () => {
      await expect(sendRedis(url, ['PING'])).rejects.toThrow();
    });
    await rm(folder, { recursive: true });
  });
});

describeWithService('Redis Cluster', 'a Redis Cluster', (cluster) => {
  it('serves every slot from three masters', async () => {
    const { urls } = cluster();
    expect(urls).toHaveLength(3);
    for (const url of urls) {
      expect(await sendRedis(url, ['CLUSTER', 'INFO'])).toContain('cluster_slots_ok:16384');
    }
  });
});

describeWithService('PostgreSQL', 'a PostgreSQL server', (postgres) => {
  it('answers', async () => {
    expect(await query(postgres().url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('takes settings, and is gone once stopped', async () => {
    const server = await startPostgresServer({ statement_timeout: '7s' });
    expect(await query(server.url, 'SHOW statement_timeout')).toEqual([{ statement_timeout: '7s' }]);

    await server.stop();
    await expect(query(server.url, 'SELECT 1')).rejects.toThrow();
  });
});

describeWithService('Chromium', 'a browser', (browser) => {
  it('runs', async () => {
    const running = await chromium.launch({ ...browser(), args: ['--no-sandbox'] });
    const page = await running.newPage();
    await page.goto('data:text/html,<title>hello</title>');
    expect(await page.title()).toBe('hello');
    await running.close();
  });
});

async function query(connectionString: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
