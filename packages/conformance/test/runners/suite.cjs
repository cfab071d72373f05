// The whole suite of a store, for any runner that has a function `test(name, run)`.
const { memoryStore, storeCases } = require(process.env.KIT_BUNDLE);

exports.defineSuite = (test) => {
  const cases = storeCases(
    {
      abilities: ['subjectIndex', 'sweep'],
      open: ({ clock }) => ({ store: process.env.BROKEN ? upserting(memoryStore({ clock })) : memoryStore({ clock }) }),
    },
    { profile: 'quick', runs: 5 },
  );
  for (const { name, run } of cases) test(name, run);
};

/** Spoils a store, to see that the runner reports it. */
function upserting(store) {
  const update = store.update.bind(store);
  store.update = (record, ifVersion) => {
    store.create(record);
    return update(record, ifVersion);
  };
  return store;
}
