import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { bundleScript } from '@sess/test-support';

/** Runs `script` of this folder in a Node process of its own and resolves to what it prints; rejects when it fails. */
export async function runChild(script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const path = await bundleScript(new URL(script, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${script} ended with ${code}:\n${errors}`);
  return output;
}
