import type { Ability } from '../harness.js';
import type { CaseDefinition } from '../store-case.js';

const methods: { readonly [A in Ability]: string } = { subjectIndex: 'list', sweep: 'sweep', close: 'close' };

export const abilityCases: readonly CaseDefinition[] = [
  {
    name: 'abilities: what is declared is there, and nothing else',
    invariant: 'contract',
    async check(trial) {
      for (const [ability, method] of Object.entries(methods)) {
        const declared = trial.abilities.includes(ability as Ability);
        const expected = declared
          ? `a method ${method}, because the harness declares the ability '${ability}'`
          : `no method ${method}, because the harness does not declare the ability '${ability}' (if the store has it, declare it)`;
        trial.check(trial.store.has(method) === declared, expected, declared ? 'there is none' : 'there is one');
      }
    },
  },
];
