import { createSessions, type SessionRecord } from '@sess/core';

/** The record that Sess makes of a new session with this data, caught on its way into a store. */
export async function catchRecord(data: object): Promise<SessionRecord> {
  let caught: SessionRecord | undefined;
  const store = {
    create(record: SessionRecord) {
      caught = record;
      return 'created' as const;
    },
    read: () => undefined,
    update: () => ({ outcome: 'gone' }) as const,
    touch: () => 'gone' as const,
    destroy: () => {},
  };
  const exchange = await createSessions({ store }).open({ cookie: undefined, https: true });
  Object.assign(exchange.session, data);
  await exchange.settle();
  if (caught === undefined) throw new Error('Sess has stored no session.');
  return caught;
}
