const { it } = require('mocha');
require('./suite.cjs').defineSuite((name, run) => it(name, run).timeout(60_000));
