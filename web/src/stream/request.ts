/**
 * How the stream of the server at `base` is asked for. By fetch rather than EventSource, because only
 * fetch tells a session that is over (401) from a server that is away.
 */
export const streamRequest =
  (base: string) =>
  (lastId: string | null, signal: AbortSignal): Promise<Response> =>
    fetch(`${base}/api/sse`, {
      signal,
      cache: 'no-store',
      headers: { Accept: 'text/event-stream', ...(lastId === null ? {} : { 'Last-Event-ID': lastId }) },
    });
