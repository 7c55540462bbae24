// The shared worker: hands every tab that connects to the one hub.
import { Hub, type ToHub } from './hub';

const hub = new Hub();

(self as unknown as { onconnect: (e: MessageEvent) => void }).onconnect = (e) => {
  const port = e.ports[0];
  if (!port) return;
  port.onmessage = (said: MessageEvent<ToHub>) => hub.hear(port, said.data);
};
