// Carries requests and turns every way they can fail into one Failure. Knows nothing of what is asked.
import createClient from 'openapi-fetch';
import type { paths } from './types.gen';

/** Why a request did not succeed. `status` is 0 when the server could not be reached or made no sense. */
export class Failure extends Error {
  readonly status: number;
  /** Seconds to wait before trying again, when the server named them. */
  readonly retryAfter: number | null;

  constructor(status: number, message: string, retryAfter: number | null = null) {
    super(message);
    this.name = 'Failure';
    this.status = status;
    this.retryAfter = retryAfter;
  }

  /** Whether the same request may succeed later without being changed. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

const UNREACHABLE = 'The server cannot be reached. Check your connection and try again.';
const UNREADABLE = 'The server answered something this page does not understand. Try again.';
const PATIENCE_MS = 20_000;

export const asFailure = (e: unknown): Failure =>
  e instanceof Failure ? e : new Failure(0, e instanceof SyntaxError ? UNREADABLE : UNREACHABLE);

type Answer<T> = { data?: { data: T } | undefined; error?: unknown; response: Response };

/** The `data` of a successful answer. Rejects with a Failure for anything else. */
export async function unwrap<T>(request: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await request;
  } catch (e) {
    throw asFailure(e);
  }
  if (answer.data !== undefined) return answer.data.data;
  throw refusal(answer.response, answer.error);
}

function refusal(response: Response, error: unknown): Failure {
  const said = (error as { message?: unknown } | undefined)?.message;
  const wait = Number(response.headers.get('Retry-After'));
  return new Failure(
    response.status,
    typeof said === 'string' && said !== '' ? said : UNREADABLE,
    Number.isFinite(wait) && wait > 0 ? wait : null,
  );
}

/** A client for the server that lives at `base`, an address without a slash at its end. */
export const createHttp = (base: string, patienceMs = PATIENCE_MS) =>
  createClient<paths>({
    baseUrl: base,
    fetch: (request) => fetch(request, { signal: AbortSignal.timeout(patienceMs) }),
  });

export type Http = ReturnType<typeof createHttp>;
