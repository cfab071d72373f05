const { test } = require('@jest/globals');
require('./suite.cjs').defineSuite((name, run) => test(name, run, 60_000));
