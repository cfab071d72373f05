import fc, { type Arbitrary } from 'fast-check';
import { mergeRules } from './data-facts.js';
import type { Fault } from './faults.js';
import { type Action, type Plan, plainVisit, type Shown, type Step, type VisitScript } from './script.js';
import type { TimePolicy } from './time-policy.js';

/** What a store under test can do, as far as schedules depend on it. */
export interface Abilities {
  /** Whether it lists a subject's sessions. */
  readonly hasIndex: boolean;
  /** Whether it goes by the clock it is given, so that time can be made to pass. */
  readonly obeysClock: boolean;
}

/** What the schedules of one case are about: how often each thing happens, 0 for never. */
export interface Emphasis {
  readonly writes: number;
  readonly endings: number;
  readonly logins: number;
  readonly rotations: number;
  readonly time: number;
  readonly faults: number;
  readonly foreign: number;
}

const minute = 60_000;

const basePolicy: TimePolicy = {
  idleTimeout: minute,
  absoluteTimeout: 100_000,
  touchEvery: 6_000,
  remember: { idleTimeout: 90_000, absoluteTimeout: 150_000, touchEvery: 9_000 },
  rotateGrace: 10_000,
  storeTimeout: 5_000,
};

/** Plans of up to four lanes, which bring about what `emphasis` asks for. */
export function planArbitrary(emphasis: Emphasis, abilities: Abilities): Arbitrary<Plan> {
  const lane = fc.array(actionArbitrary(emphasis, abilities), { minLength: 1, maxLength: 3 });
  return fc
    .record({
      policy: policyArbitrary(abilities),
      isPatient: fc.boolean(),
      isPersistent: fc.boolean(),
      isSigned: fc.boolean(),
      isAnonymousOnError: fc.boolean(),
      rotateEvery: emphasis.rotations > 0 ? fc.constantFrom(undefined, 1, 20_000) : fc.constant(undefined),
      maxPerSubject: abilities.hasIndex && emphasis.logins > 0 ? limitArbitrary : fc.constant(undefined),
      isDigestAsync: fc.boolean(),
      hasFaultyListener: fc.boolean(),
      hasOneBrowser: fc.boolean(),
      prelude: preludeArbitrary(emphasis),
      lanes: fc.array(lane, { minLength: 1, maxLength: 4 }),
      faults: emphasis.faults > 0 ? faultsArbitrary : fc.constant<Fault[]>([]),
    })
    .map(({ rotateEvery, maxPerSubject, isPersistent, isSigned, isAnonymousOnError, ...plan }) => ({
      ...plan,
      options: {
        ...plan.policy,
        merge: mergeRules,
        cookie: { name: 'sid', persistent: isPersistent },
        ...(isSigned ? { secret: 'a key for tests' } : {}),
        ...(isAnonymousOnError ? { onStoreError: 'anonymous' as const } : {}),
        ...(rotateEvery === undefined ? {} : { rotateEvery }),
        ...(maxPerSubject === undefined ? {} : { maxPerSubject }),
      },
    }));
}

const limitArbitrary = fc.constantFrom(
  undefined,
  undefined,
  { max: 1, onLimit: 'evict' } as const,
  { max: 2, onLimit: 'evict' } as const,
  { max: 1, onLimit: 'deny' } as const,
  { max: 2, onLimit: 'deny' } as const,
);

function policyArbitrary({ obeysClock }: Abilities): Arbitrary<TimePolicy> {
  if (!obeysClock)
    return fc.constant({
      ...basePolicy,
      ...{ idleTimeout: 60 * minute, absoluteTimeout: 1440 * minute, touchEvery: 0 },
      remember: { idleTimeout: 90 * minute, absoluteTimeout: 2880 * minute, touchEvery: 0 },
    });
  return fc.record({
    idleTimeout: fc.constant(basePolicy.idleTimeout),
    absoluteTimeout: fc.constant(basePolicy.absoluteTimeout),
    touchEvery: fc.constantFrom(basePolicy.touchEvery, 0, 1),
    remember: fc.constant(basePolicy.remember),
    rotateGrace: fc.constantFrom(basePolicy.rotateGrace, 0),
    // Longer than any schedule: calls under way then outlive the sessions that they are about.
    storeTimeout: fc.constantFrom(basePolicy.storeTimeout, 1440 * minute),
  });
}

const faultsArbitrary = fc.array(
  fc.record({ at: fc.nat(24), kind: fc.constantFrom('before', 'after', 'silent', 'hang') }),
  { maxLength: 3 },
);

function preludeArbitrary({ logins }: Emphasis): Arbitrary<readonly Action[]> {
  const begin = (steps: readonly Step[]): Action => ({ ...plainVisit, shown: { show: 'none' }, steps });
  const data: readonly Step[] = [{ do: 'set', key: 'a' }, { do: 'set', key: 'b' }, { do: 'increment' }, { do: 'add' }];
  const login: Step = { do: 'login', subject: 'ann', isRemembered: false };
  const remember: Step = { ...login, isRemembered: true };
  const anonymous = [begin(data)];
  const known = [begin([...data, login])];
  const remembered = [begin([...data, remember])];
  // The store believes that this one lives longer than it does.
  const rememberedNoMore = [begin([...data, remember, login])];
  const twice = [begin([{ do: 'set', key: 'c' }, login]), begin([...data, login])];
  return logins > 0 ? fc.constantFrom(anonymous, known, remembered, rememberedNoMore, twice) : fc.constant(anonymous);
}

function actionArbitrary(emphasis: Emphasis, abilities: Abilities): Arbitrary<Action> {
  const { endings, time, logins, faults, foreign } = emphasis;
  const process = fc.nat(1);
  const which = fc.nat(5);
  const subject = subjectArbitrary;
  const withIndex = abilities.hasIndex ? 1 : 0;
  return fc.oneof(
    { weight: 12, arbitrary: visitArbitrary(emphasis) },
    { weight: endings, arbitrary: fc.record({ type: fc.constant('revoke'), which, process }) },
    {
      weight: withIndex * logins,
      arbitrary: fc.record({
        type: fc.constant('revokeAll'),
        subject,
        except: fc.constantFrom(undefined, undefined, 0, 1),
        process,
      }),
    },
    { weight: endings > 0 ? 1 : 0, arbitrary: fc.record({ type: fc.constant('find'), which, process }) },
    { weight: withIndex * logins, arbitrary: fc.record({ type: fc.constant('list'), subject, process }) },
    {
      weight: abilities.obeysClock ? 2 * time : 0,
      arbitrary: fc.record({ type: fc.constant('wait'), ms: logins > 0 ? longWaitArbitrary : waitArbitrary }),
    },
    { weight: faults, arbitrary: fc.record({ type: fc.constant('crash'), process }) },
    { weight: foreign, arbitrary: fc.record({ type: fc.constant('poison'), which }) },
  );
}

const subjectArbitrary = fc.constantFrom('ann', 'ann', 'bob');

const { idleTimeout, absoluteTimeout, touchEvery, remember, rotateGrace, storeTimeout } = basePolicy;
const waits = [
  1,
  touchEvery,
  rotateGrace,
  storeTimeout,
  idleTimeout / 2,
  idleTimeout - touchEvery,
  idleTimeout - touchEvery + 1,
  idleTimeout - 1,
  idleTimeout,
  idleTimeout + 1,
  absoluteTimeout - idleTimeout,
  absoluteTimeout - 1,
  absoluteTimeout,
  -1,
  -idleTimeout,
] as const;
const waitArbitrary = fc.constantFrom(...waits);
/** To the borders of a remembered session's life as well. */
const longWaitArbitrary = fc.constantFrom(
  ...waits,
  remember.idleTimeout - remember.touchEvery,
  remember.idleTimeout - 1,
  remember.idleTimeout,
  remember.absoluteTimeout,
);

function visitArbitrary(emphasis: Emphasis): Arbitrary<VisitScript> {
  const step = stepArbitrary(emphasis);
  const end = fc.oneof(
    { weight: 10, arbitrary: fc.constant('answered' as const) },
    { weight: 1 + emphasis.rotations, arbitrary: fc.constant('lost' as const) },
    { weight: emphasis.faults, arbitrary: fc.constant('aborted' as const) },
    { weight: 1, arbitrary: fc.constant('left' as const) },
  );
  return fc.record({
    type: fc.constant('visit'),
    shown: shownArbitrary(emphasis),
    process: fc.nat(1),
    looks: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    steps: fc.array(step, { maxLength: 4 }),
    afterHead: fc.oneof(
      { weight: 4, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(afterHeadArbitrary(emphasis), { maxLength: 2 }) },
    ),
    end,
  });
}

function shownArbitrary({ foreign }: Emphasis): Arbitrary<Shown> {
  return fc.oneof(
    { weight: 8, arbitrary: fc.constant<Shown>({ show: 'own' }) },
    { weight: 4, arbitrary: fc.record({ show: fc.constant('known'), which: fc.nat(7) }) },
    { weight: 1, arbitrary: fc.constant<Shown>({ show: 'none' }) },
    { weight: foreign, arbitrary: fc.constantFrom<Shown>({ show: 'made up' }, { show: 'wrong secret' }) },
  );
}

function dataSteps({ writes }: Emphasis): { weight: number; arbitrary: Arbitrary<Step> }[] {
  return [
    { weight: 2 * writes, arbitrary: fc.record({ do: fc.constant('set'), key: fc.constantFrom('a', 'b', 'c', 'r') }) },
    { weight: writes, arbitrary: fc.record({ do: fc.constant('delete'), key: fc.constantFrom('a', 'b', 'c') }) },
    { weight: 2 * writes, arbitrary: fc.record({ do: fc.constantFrom('increment', 'add', 'remove', 'raise') }) },
    { weight: writes, arbitrary: fc.constant<Step>({ do: 'replace' }) },
    { weight: writes, arbitrary: fc.record({ do: fc.constant('save'), isAwaited: fc.boolean() }) },
  ];
}

function stepArbitrary(emphasis: Emphasis): Arbitrary<Step> {
  const { endings, logins, rotations } = emphasis;
  const keep = fc.constantFrom([], ['a'], ['a', 'n', 'u']);
  return fc.oneof(
    ...dataSteps(emphasis),
    { weight: 1, arbitrary: fc.constantFrom<Step>({ do: 'reload' }, { do: 'pause' }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('touch'), isAwaited: fc.boolean() }) },
    { weight: 2 * rotations, arbitrary: fc.constant<Step>({ do: 'rotate' }) },
    { weight: 2 * logins, arbitrary: loginArbitrary },
    { weight: endings, arbitrary: fc.record({ do: fc.constant('destroy'), isAwaited: fc.boolean() }) },
    { weight: endings, arbitrary: fc.record({ do: fc.constantFrom('regenerate', 'regenerate, destroy'), keep }) },
  );
}

const loginArbitrary = fc.record({
  do: fc.constant('login' as const),
  subject: subjectArbitrary,
  isRemembered: fc.constantFrom(false, false, true),
});

function afterHeadArbitrary(emphasis: Emphasis): Arbitrary<Step> {
  return fc.oneof(...dataSteps(emphasis), {
    weight: emphasis.endings,
    arbitrary: fc.record({ do: fc.constant('destroy'), isAwaited: fc.boolean() }),
  });
}
