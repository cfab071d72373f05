const { it } = require('mocha');
require('./suite.cjs').defineSuite(it);
