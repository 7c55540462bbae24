// The real server as a process of its own, with a data folder that goes when it does.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const START_MS = 20_000;

/** Runs a program and gives what it printed. Rejects, with what it complained of, if it fails. */
export function run(program: string, args: string[], env: Record<string, string> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { env: { ...process.env, ...env }, timeout: 60_000 }, (error, out, complaint) =>
      error ? reject(new Error(`${program}: ${error.message}\n${complaint}`)) : resolve(out),
    );
  });
}

/** Runs a command as a terminal would that it is pasted into. */
export const paste = (command: string, env: Record<string, string> = {}): Promise<string> =>
  run('bash', ['--norc', '--noprofile', '-c', command], env);

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });

export class Server {
  readonly #folder = mkdtempSync(join(tmpdir(), 'spika-data-'));
  readonly #path: string;
  readonly #flags: string[];
  #process: ChildProcess | null = null;
  #port = 0;
  /** What the server prints as its address, without a slash at its end. */
  url = '';
  /** The link to set it up with; empty once there is an owner. */
  setupUrl = '';

  /** `path` is where its public address lives, like "/team/chat"; at the top if left out. */
  constructor(path = '', flags: string[] = []) {
    this.#path = path;
    this.#flags = flags;
  }

  static get binary(): string {
    const { SPIKA_BIN } = process.env;
    if (!SPIKA_BIN) throw new Error('SPIKA_BIN is not set');
    return SPIKA_BIN;
  }

  /** Starts it, at the port it had before if it had one. */
  async start(): Promise<void> {
    this.#port ||= await freePort();
    const address = `127.0.0.1:${this.#port}`;
    const args = ['serve', '--json', '--data', this.#folder, '--listen', address, ...this.#flags];
    if (this.#path) args.push('--public-url', `http://${address}${this.#path}`);
    const child = spawn(Server.binary, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    let log = '';
    child.stderr.on('data', (piece: Buffer) => {
      log += piece.toString();
    });
    const line = await new Promise<string>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`the server did not start:\n${log}`)), START_MS);
      child.once('exit', (code) => reject(new Error(`the server ended with ${code}:\n${log}`)));
      createInterface({ input: child.stdout }).once('line', (text) => {
        clearTimeout(late);
        resolve(text);
      });
    });
    child.removeAllListeners('exit');
    const said = JSON.parse(line) as { url: string; setupUrl?: string };
    this.url = said.url;
    this.setupUrl = said.setupUrl ?? '';
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (!child || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  /** Ends it and removes its data. */
  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
