/** The smallest external store for koa-session, as its documentation sketches it. */
export function createKoaSessionStore(): object {
  const records = new Map<string, string>();
  return {
    get: async (key: string) => JSON.parse(records.get(key) ?? 'null'),
    set: async (key: string, value: object) => void records.set(key, JSON.stringify(value)),
    destroy: async (key: string) => void records.delete(key),
  };
}
