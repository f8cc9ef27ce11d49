/**
 * The events of a stream as they come in, each `{ type, data, id }`; `id` is null where the event brings none. `heard` is called for whatever comes,
 * comments included, and `asked` with the milliseconds after which the server wants the client back, once its stream has ended.
 * @param {ReadableStream<any>} body
 * @param {() => void} heard
 * @param {(milliseconds: number) => void} [asked]
 */
export async function* readEvents(body, heard, asked) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  let event = newEvent();
  for (;;) {
    const { value, done } = await reader.read();
    if (done)
      return;
    heard();
    const lines = (rest + value).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      const [, field, text] = /^([^:\r]*):? ?([^\r]*)\r?$/.exec(line);
      if (field === 'event') {
        event.type = text;
      } else if (field === 'id') {
        event.id = text;
      } else if (field === 'data') {
        event.data.push(text);
      } else if (field === 'retry' && /^\d+$/.test(text)) {
        asked?.(Number(text));
      } else if (line.trim() === '') {
        if (event.data.length > 0)
          yield { ...event, data: event.data.join('\n') };
        event = newEvent();
      }
    }
  }
}

function newEvent() {
  return { type: 'message', data: [], id: null };
}
