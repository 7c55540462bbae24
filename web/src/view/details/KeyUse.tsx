import { useState } from 'react';
import type { ApiKey } from '../../api/wire';
import { postUrl, SECRET_VARIABLE, type SnippetLanguage, snippet } from '../../state/snippets';
import { useApp, useSettings } from '../app/context';
import { CopyButton, CopyIcon } from '../kit/Copy';
import { type Tab, Tabs } from '../kit/Tabs';

const languages: { key: SnippetLanguage; label: string; hint: string }[] = [
  { key: 'curl', label: 'curl', hint: 'Paste it into a terminal. The message appears in this room.' },
  { key: 'spika', label: 'spika send', hint: 'With the program this server runs as.' },
  { key: 'go', label: 'Go', hint: 'Save it as main.go, then: go run main.go' },
  { key: 'python', label: 'Python', hint: 'Python 3. Nothing to install.' },
  { key: 'javascript', label: 'JavaScript', hint: 'Node.js 18 or newer. Save it as send.mjs, then: node send.mjs' },
];

/** What it takes to post with a key: secret, address, room, and code that works as it stands. */
export function KeyUse({ apiKey, fresh }: { apiKey: ApiKey; fresh: boolean }) {
  const { base } = useApp();
  const { publicUrl } = useSettings();
  const [language, setLanguage] = useState<SnippetLanguage>('curl');
  const serverUrl = publicUrl || base;
  const url = postUrl(serverUrl);
  const code = snippet(language, {
    postUrl: url,
    serverUrl,
    secret: apiKey.token,
    roomId: apiKey.roomId,
    text: `Hello from ${apiKey.displayName}`,
  });
  const tabs: Tab<SnippetLanguage>[] = languages.map(({ key, label, hint }) => ({
    key,
    label,
    body: () => <Code code={code} wraps={key === 'curl' || key === 'spika'} label={label} hint={hint} />,
  }));
  return (
    <div className="key-use">
      {fresh && <p className="key-fresh">The key is ready. Keep it secret: whoever has it can post into this room.</p>}
      <dl>
        {apiKey.token ? (
          <Value name="API key" value={apiKey.token} what="API key" />
        ) : (
          <>
            <dt>API key</dt>
            <dd className="key-hidden">
              This server shows a key only when it is made. Put yours in <code>{SECRET_VARIABLE}</code>.
            </dd>
          </>
        )}
        <Value name="POST URL" value={url} what="POST URL" />
        <Value name="roomId" value={String(apiKey.roomId)} what="room id" />
      </dl>
      <Tabs label="Code that posts" tabs={tabs} open={language} onOpen={setLanguage} className="key-code" />
    </div>
  );
}

function Value({ name, value, what }: { name: string; value: string; what: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="key-value">
        <code data-value={name}>{value}</code>
        <CopyIcon text={value} what={what} />
      </dd>
    </>
  );
}

function Code({ code, wraps, label, hint }: { code: string; wraps: boolean; label: string; hint: string }) {
  return (
    <>
      <p className="field-hint">{hint}</p>
      {/* biome-ignore lint/a11y/useSemanticElements: a named place for text that scrolls, not a group of fields */}
      <pre className={`snippet${wraps ? ' wraps' : ''}`} tabIndex={0} role="group" aria-label={`Code for ${label}`}>
        <code>{code}</code>
      </pre>
      <CopyButton text={code} what={wraps ? 'command' : 'code'} primary />
    </>
  );
}
