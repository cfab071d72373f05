const { test } = require('@jest/globals');
require('./suite.cjs').defineSuite(test);
