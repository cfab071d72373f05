/** Starts the calls one after another, each `turns` turns of the event queue after the one before, and waits for all. */
export async function inFlight(turns: number, calls: readonly (() => Promise<unknown>)[]): Promise<void> {
  const started: Promise<unknown>[] = [];
  for (const call of calls) {
    started.push(call());
    for (let turn = 0; turn < turns; turn += 1) await undefined;
  }
  await Promise.all(started);
}
