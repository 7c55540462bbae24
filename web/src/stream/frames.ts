// Reads the text of an event stream (the SSE format) piece by piece, wherever the network cuts it.

/** One frame: what it carried, and the place in the order of events it ended, if it named one. */
export type Frame = { id: string | null; data: string };

/** A reader that is fed pieces of text and gives back the frames that each piece completed. */
export function frameReader(): (piece: string) => Frame[] {
  let rest = '';
  let data: string[] = [];
  let id: string | null = null;

  const finish = (): Frame | null => {
    const frame = data.length > 0 ? { id, data: data.join('\n') } : null;
    data = [];
    id = null;
    return frame;
  };

  const field = (line: string) => {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') data.push(value);
    else if (name === 'id' && !value.includes('\0')) id = value;
  };

  return (piece) => {
    const frames: Frame[] = [];
    const lines = (rest + piece).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line !== '') {
        field(line);
        continue;
      }
      const frame = finish();
      if (frame) frames.push(frame);
    }
    return frames;
  };
}
