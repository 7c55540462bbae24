// Wiring only: gives the app its outside and puts it on the page.
import '@fontsource-variable/inter/index.css';
import './view/tokens.css';
import './view/base.css';
import { createRoot } from 'react-dom/client';
import { createApi } from './api/client';
import { createDoor } from './push/door';
import { createApp } from './state/app';
import { type Keep, memoryKeep } from './state/store';
import { createRelay } from './stream/relay';
import { createStream } from './stream/stream';
import { createScripts } from './stream/trusted';
import { App } from './view/app/App';

/** The public address of the server, from the page's <base>, without a slash at its end. */
const base = document.baseURI.replace(/\/[^/]*$/, '');

function browserKeep(): Keep {
  try {
    localStorage.setItem('spika.probe', '1');
    localStorage.removeItem('spika.probe');
  } catch {
    return memoryKeep(); // Storage is switched off.
  }
  return {
    get: (key) => localStorage.getItem(key),
    set(key, value) {
      try {
        if (value === null) localStorage.removeItem(key);
        else localStorage.setItem(key, value);
      } catch {
        // Full: what is on screen still works, it only does not outlive the page.
      }
    },
    keys: () => Object.keys(localStorage),
  };
}

/** 128 random bits. Not crypto.randomUUID, which is missing on plain HTTP. */
const newId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');

/** With the next frame, or soon where there are no frames because the page is hidden. */
function soon(run: () => void): void {
  if (document.visibilityState === 'visible') requestAnimationFrame(run);
  else setTimeout(run, 50);
}

const scripts = createScripts(base);
const app = createApp({
  api: createApi(base),
  stream: createStream(base, scripts),
  relay: createRelay(base),
  door: createDoor(base, scripts),
  keep: browserKeep(),
  base,
  now: Date.now,
  newId,
  soon,
  forgetFile: ({ preview }) => preview && URL.revokeObjectURL(preview),
});
void app.session.begin();

const root = document.getElementById('app');
if (root) createRoot(root).render(<App app={app} basePath={new URL(base).pathname.replace(/\/$/, '')} />);
