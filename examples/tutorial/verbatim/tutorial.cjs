// The lines of the tutorial, as a CommonJS file.
const express = require('express');
const { session } = require('@sess/express');

const app = express();

app.use(session({ secret: 'secret-key', cookie: { maxAge: 60000 } }))
app.get('/', (req, res) => { req.session.name = 'John'; res.send('saved') })
app.get('/greet', (req, res) => { res.send(`Hello, ${req.session.name}!`) })
app.get('/logout', (req, res) => { req.session.destroy(); res.send('Logged out successfully.') })

const server = app.listen(process.env.PORT ?? 3000, () => {
  console.log(`http://localhost:${server.address().port}`);
});
