// One connection for all the tabs of a browser: HTTP/1.1 allows only six to a server, and every open
// stream takes one for good. Runs inside the shared worker; written without it so that it can be tested.
import type { StreamEvent } from '../api/wire';
import { Connection, type StreamState } from './connection';
import { streamRequest } from './request';

/** What a tab says to the hub. `base` is the server's address without a slash at its end. */
export type ToHub =
  | { kind: 'start'; base: string; userId: number }
  | { kind: 'retry' }
  | { kind: 'stop' }
  | { kind: 'bye' };
/** What the hub says to a tab. */
export type FromHub = { kind: 'state'; state: StreamState } | { kind: 'events'; events: StreamEvent[] };

/** The part of a MessagePort the hub uses. */
export type Port = { postMessage: (said: FromHub) => void };

export class Hub {
  readonly #ports = new Set<Port>();
  #connection: Connection | null = null;
  #userId: number | null = null;
  readonly #request: typeof streamRequest;

  constructor(request: typeof streamRequest = streamRequest) {
    this.#request = request;
  }

  /** Takes what a tab said. */
  hear(port: Port, said: ToHub): void {
    if (said.kind === 'start') this.#start(port, said.base, said.userId);
    else if (said.kind === 'retry') this.#connection?.retry();
    else this.#leave(port, said.kind === 'stop');
  }

  #start(port: Port, base: string, userId: number): void {
    this.#ports.add(port);
    if (this.#connection && userId === this.#userId) {
      port.postMessage({ kind: 'state', state: this.#connection.state });
      this.#connection.start();
      return;
    }
    this.#connection?.stop();
    this.#userId = userId;
    this.#connection = new Connection({
      request: this.#request(base),
      onEvents: (events) => this.#tell({ kind: 'events', events }),
      onState: (state) => this.#tell({ kind: 'state', state }),
    });
    this.#connection.start();
  }

  #leave(port: Port, everyone: boolean): void {
    this.#ports.delete(port);
    if (!everyone && this.#ports.size > 0) return;
    this.#connection?.stop();
    this.#connection = null;
  }

  #tell(said: FromHub): void {
    for (const port of this.#ports) port.postMessage(said);
  }
}
