// The same lines as a TypeScript file, which needs no declarations.
import { session } from '@sess/express';
import express from 'express';

const app = express();

app.use(session({ secret: 'secret-key', cookie: { maxAge: 60000 } }))
app.get('/', (req, res) => { req.session.name = 'John'; res.send('saved') })
app.get('/greet', (req, res) => { res.send(`Hello, ${req.session.name}!`) })
app.get('/logout', (req, res) => { req.session.destroy(); res.send('Logged out successfully.') })

const server = app.listen(process.env.PORT ?? 3000, () => {
  console.log(`http://localhost:${(server.address() as { port: number }).port}`);
});
