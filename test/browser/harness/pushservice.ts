// The push service of a browser's maker, and the part of the browser that talks to it, both in this process:
// it takes what the server pushes, decrypts it as a browser would (RFC 8291), and hands it to the page's
// service worker.
import { createDecipheriv, createECDH, type ECDH, hkdfSync, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CDPSession, expect, type Page } from '@playwright/test';

type Address = { endpoint: string; key: string; keys: { p256dh: string; auth: string } };

/** What a page of this browser can ask, as the stand-in for its PushManager. */
declare global {
  interface Window {
    pushDo: (what: 'subscribe' | 'current' | 'unsubscribe', key?: string) => Promise<Address | null>;
  }
}

export class PushService {
  /** What was pushed, decrypted, in order. */
  readonly pushed: { title: string; body: string; roomId: number }[] = [];
  readonly #server = createServer((request, answer) => {
    this.#take(request).then(
      (status) => answer.writeHead(status).end(),
      (error) => {
        this.problems.push(String(error));
        answer.writeHead(400).end();
      },
    );
  });
  /** Pushes that could not be read. */
  readonly problems: string[] = [];
  #held: (Address & { ecdh: ECDH; secret: Buffer; path: string }) | null = null;
  #made = 0;
  #deliver: (text: string) => Promise<void> = async () => {};

  /** Where the browser of this test is subscribed, if it is. */
  get subscribed(): string | null {
    return this.#held?.endpoint ?? null;
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    expect(this.problems).toEqual([]);
  }

  /** Stands in for the PushManager of this page from its next load on. `base` is the app's address. */
  async serve(page: Page, base: string): Promise<void> {
    await page.exposeBinding('pushDo', (_, what: 'subscribe' | 'current' | 'unsubscribe', key?: string) => {
      if (what === 'subscribe') this.#subscribe(key ?? '');
      if (what === 'unsubscribe') this.#held = null;
      const held = this.#held;
      return held && { endpoint: held.endpoint, key: held.key, keys: held.keys };
    });
    await page.addInitScript(standIn);
    const devtools = await page.context().newCDPSession(page);
    this.#deliver = await deliverer(devtools, base);
  }

  /** Gives the browser another address in place of the one it has, which is gone from now on. */
  move(): Address {
    if (!this.#held) throw new Error('the browser is not subscribed');
    return this.#subscribe(this.#held.key);
  }

  #subscribe(key: string): Address {
    const ecdh = createECDH('prime256v1');
    const p256dh = ecdh.generateKeys('base64url');
    const secret = randomBytes(16);
    const path = `/push/${++this.#made}`;
    const { port } = this.#server.address() as AddressInfo;
    const keys = { p256dh, auth: secret.toString('base64url') };
    const address = { endpoint: `http://127.0.0.1:${port}${path}`, key, keys };
    this.#held = { ...address, ecdh, secret, path };
    return address;
  }

  /** Takes a push; gives the status to answer with. */
  async #take(request: IncomingMessage): Promise<number> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const held = this.#held;
    if (!held || held.path !== request.url) return 410;
    const text = decrypt(Buffer.concat(pieces), held.ecdh, held.secret);
    this.pushed.push(JSON.parse(text));
    await this.#deliver(text);
    return 201;
  }
}

/** Opens a push: one record of aes128gcm (RFC 8188) under keys that are made as RFC 8291 says. */
function decrypt(body: Buffer, ecdh: ECDH, secret: Buffer): string {
  const salt = body.subarray(0, 16);
  const sender = body.subarray(21, 21 + body.readUInt8(20));
  const sealed = body.subarray(21 + sender.length);
  const derive = (from: Buffer, salted: Buffer, info: Buffer, length: number) =>
    Buffer.from(hkdfSync('sha256', from, salted, info, length));
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), ecdh.getPublicKey(), sender]);
  const shared = derive(ecdh.computeSecret(sender), secret, info, 32);
  const key = derive(shared, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
  const nonce = derive(shared, salt, Buffer.from('Content-Encoding: nonce\0'), 12);
  const cipher = createDecipheriv('aes-128-gcm', key, nonce);
  cipher.setAuthTag(sealed.subarray(-16));
  const padded = Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]);
  return padded.subarray(0, padded.lastIndexOf(2)).toString();
}

/** A way to hand a push to the service worker of the app at `base`. */
async function deliverer(devtools: CDPSession, base: string): Promise<(data: string) => Promise<void>> {
  let registrationId: string | undefined;
  devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
    for (const r of registrations) {
      if (r.scopeURL === `${base}/`) registrationId = r.isDeleted ? undefined : r.registrationId;
    }
  });
  await devtools.send('ServiceWorker.enable');
  return async (data) => {
    await expect.poll(() => registrationId, 'the service worker is registered').toBeDefined();
    await devtools.send('ServiceWorker.deliverPushMessage', {
      origin: new URL(base).origin,
      registrationId: registrationId ?? '',
      data,
    });
  };
}

/** Runs in the page: a PushManager that asks this process instead of a push service far away. */
function standIn(): void {
  const bytes = (text: string) => {
    const raw = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(raw, (c) => c.charCodeAt(0)).buffer;
  };
  const subscription = (held: Address | null) =>
    held && {
      options: { applicationServerKey: bytes(held.key), userVisibleOnly: true },
      toJSON: () => ({ endpoint: held.endpoint, expirationTime: null, keys: held.keys }),
      unsubscribe: async () => {
        await window.pushDo('unsubscribe');
        return true;
      },
    };
  Object.assign(PushManager.prototype, {
    subscribe: async (options: { applicationServerKey: string }) =>
      subscription(await window.pushDo('subscribe', options.applicationServerKey)),
    getSubscription: async () => subscription(await window.pushDo('current')),
  });
}
