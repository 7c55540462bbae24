// Ready-made programs that post one message with an API key. Whatever stands in a name or an address, the
// text stays one literal: it is quoted by the rules of the language it is pasted into.

export type SnippetParts = {
  /** Where messages are posted. */
  postUrl: string;
  /** The server's own address, without a slash at its end. */
  serverUrl: string;
  /** The key's secret; empty when the server does not show it again. */
  secret: string;
  roomId: number;
  text: string;
};

export type SnippetLanguage = 'curl' | 'spika' | 'go' | 'python' | 'javascript';

/** Where snippets look for a secret they do not hold. */
export const SECRET_VARIABLE = 'SPIKA_KEY';

/** The address of the Messaging API on the server at `base`, an address without a slash at its end. */
export const postUrl = (base: string): string => `${base}/api/messaging/messages`;

/** One word of a POSIX shell that stands for exactly this text. */
export const shellQuote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A shell word, quoted only where that changes something. */
const shellWord = (text: string): string => (/^[\w./:@%+,-]+$/.test(text) ? text : shellQuote(text));

/** A string literal in double quotes, as Go, Python and JavaScript all read it. */
export const literal = (text: string): string => JSON.stringify(text);

const payload = (p: SnippetParts): string => JSON.stringify({ roomId: p.roomId, type: 'text', body: { text: p.text } });

const makers: Record<SnippetLanguage, (p: SnippetParts) => string> = {
  curl: (p) => `curl -sS ${shellWord(p.postUrl)} \\
  -H ${p.secret ? shellQuote(`accesstoken: ${p.secret}`) : `"accesstoken: $${SECRET_VARIABLE}"`} \\
  -H 'Content-Type: application/json' \\
  -d ${shellQuote(payload(p))}`,

  spika: (p) => `spika send --url ${shellWord(p.serverUrl)} \\
  --key ${p.secret ? shellWord(p.secret) : `"$${SECRET_VARIABLE}"`} \\
  --room ${p.roomId} ${shellQuote(p.text)}`,

  go: (p) => `package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"${p.secret ? '' : '\n\t"os"'}
)

func main() {
	message, _ := json.Marshal(map[string]any{
		"roomId": ${p.roomId},
		"type":   "text",
		"body":   map[string]string{"text": ${literal(p.text)}},
	})
	req, err := http.NewRequest("POST", ${literal(p.postUrl)}, bytes.NewReader(message))
	if err != nil {
		panic(err)
	}
	req.Header.Set("accesstoken", ${p.secret ? literal(p.secret) : `os.Getenv("${SECRET_VARIABLE}")`})
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		panic(err)
	}
	defer res.Body.Close()
	answer, _ := io.ReadAll(res.Body)
	fmt.Println(res.Status, string(answer))
}`,

  python: (p) => `import json${p.secret ? '' : ', os'}, urllib.request

message = {
    "roomId": ${p.roomId},
    "type": "text",
    "body": {"text": ${literal(p.text)}},
}
request = urllib.request.Request(
    ${literal(p.postUrl)},
    data=json.dumps(message).encode(),
    headers={
        "accesstoken": ${p.secret ? literal(p.secret) : `os.environ["${SECRET_VARIABLE}"]`},
        "Content-Type": "application/json",
    },
)
with urllib.request.urlopen(request) as response:
    print(response.read().decode())`,

  javascript: (p) => `const response = await fetch(${literal(p.postUrl)}, {
  method: "POST",
  headers: {
    accesstoken: ${p.secret ? literal(p.secret) : `process.env.${SECRET_VARIABLE}`},
    "Content-Type": "application/json",
  },
  body: JSON.stringify({
    roomId: ${p.roomId},
    type: "text",
    body: { text: ${literal(p.text)} },
  }),
});
console.log(response.status, await response.text());`,
};

/** A program in this language that works as it stands. */
export const snippet = (language: SnippetLanguage, parts: SnippetParts): string => makers[language](parts);
