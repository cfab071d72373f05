import type { SessionMembers } from '@sess/core';
import { type Html, html } from './html.js';

type Visit = Pick<SessionMembers, 'id' | 'createdAt' | 'expiresAt'> & {
  readonly name?: string | undefined;
  readonly visits: number;
};

/** The one page of the application: a form for a stranger, a greeting for somebody known. */
export function renderPage(visit: Visit, problem?: string): string {
  const content = visit.name === undefined ? renderForm(problem) : renderGreeting(visit, visit.name);
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Sess: the tutorial</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="/style.css">
  <script src="/countdown.js" defer></script>
</head>
<body>
  <main>
    <p class="brand">Sess <span>the tutorial</span></p>
    ${content}
  </main>
</body>
</html>
`.text;
}

function renderForm(problem: string | undefined): Html {
  const alert = problem === undefined ? html`` : html`<p class="problem" role="alert">${problem}</p>`;
  return html`
    <h1>Who are you?</h1>
    <p>Tell me your name, and I shall know you on every page, until you log out or stay away too long.</p>
    <form method="post" action="/name">
      <label for="name">Your name</label>
      <div class="row">
        <input id="name" name="name" maxlength="40" required autocomplete="given-name" autofocus>
        <button>Remember me</button>
      </div>
      ${alert}
    </form>
    <p class="note">Nothing is stored and no cookie is set before you press the button.</p>`;
}

function renderGreeting({ id, createdAt, expiresAt, visits }: Visit, name: string): Html {
  return html`
    <h1>Hello, ${name}!</h1>
    <p>${visits === 1 ? 'This page has greeted you once.' : html`This page has greeted you <b>${visits}</b> times.`} Reload it, or open it in a second tab.</p>
    <div class="countdown" data-expires-at="${expiresAt}" data-now="${Date.now()}">
      <div class="bar"><div class="left"></div></div>
      <p>Your session ends <output aria-live="off">soon</output> from now unless you come back before.</p>
    </div>
    <dl>
      <dt>Session</dt><dd><code>${id}</code></dd>
      <dt>Created</dt><dd>${renderTime(createdAt)}</dd>
      <dt>Expires</dt><dd>${renderTime(expiresAt)}</dd>
    </dl>
    <form method="post" action="/logout">
      <button class="quiet">Log out</button>
    </form>
    <p class="note">The session's id is no secret: the cookie holds another part, of which the store knows only the hash.</p>`;
}

function renderTime(time: number): Html {
  const iso = new Date(time).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')} UTC</time>`;
}
