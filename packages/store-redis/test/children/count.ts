import { joinCounterRace } from '../../../../test-support/counter-race.js';
import { redisStore } from '../../src/index.js';
import { connectionKinds } from '../connections.js';

// One application process, whose client is of the kind it is told.
const [url = '', prefix = '', kindName = ''] = process.argv.slice(2);
const kind = connectionKinds.find(({ name }) => name === kindName);
if (kind === undefined) throw new Error(`no client ${kindName}`);
const { client, close } = await kind.connect(url);
await joinCounterRace(redisStore({ client, prefix }));
close();
