// Shows how long the session still has, by the server's clock, and says so when it has ended.
const countdown = document.querySelector('.countdown');

if (countdown) {
  const output = countdown.querySelector('output');
  const left = countdown.querySelector('.left');
  const skew = Date.now() - Number(countdown.dataset.now);
  const expiresAt = Number(countdown.dataset.expiresAt) + skew;
  const whole = expiresAt - Date.now();

  const show = () => {
    const rest = Math.max(0, expiresAt - Date.now());
    output.textContent = rest >= 120_000 ? `${Math.round(rest / 60_000)} minutes` : `${Math.ceil(rest / 1000)} s`;
    left.style.width = `${(100 * rest) / whole}%`;
    if (rest > 0) return;
    clearInterval(timer);
    countdown.classList.add('over');
    countdown.querySelector('p').textContent = 'Your session has ended. Reload the page to begin another.';
  };

  const timer = setInterval(show, 250);
  show();
}
