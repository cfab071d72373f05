require('./suite.cjs').defineSuite(require('node:test').test);
