// Markdown to React elements. No HTML string is ever made, so there is nothing to sanitise.
import { Lexer, type Token, type Tokens } from 'marked';
import type { ReactNode } from 'react';

const SAFE = /^(https?:|mailto:)/i;
/** Nested deeper than this, text is shown as typed. */
const DEEPEST = 12;

/** The address if it is safe to offer, else undefined. */
export function safeHref(address: string): string | undefined {
  const trimmed = address.trim();
  return SAFE.test(trimmed) ? trimmed : undefined;
}

const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };
const plain = (text: string) => text.replace(/&(amp|lt|gt|quot|#39);/g, (m) => entities[m] ?? m);

/** A link, or its words alone where the address is not safe. */
function link(key: number, address: string, words: ReactNode): ReactNode {
  const href = safeHref(address);
  if (!href) return <span key={key}>{words}</span>;
  return (
    <a key={key} href={href} target="_blank" rel="noopener noreferrer nofollow">
      {words}
    </a>
  );
}

function inline(tokens: Token[] | undefined, depth: number): ReactNode {
  if (!tokens) return null;
  if (depth > DEEPEST) return tokens.map((t) => t.raw).join('');
  return tokens.map((t, i) => inlineOne(t, i, depth + 1));
}

function inlineOne(t: Token, i: number, depth: number): ReactNode {
  switch (t.type) {
    case 'strong':
      return <strong key={i}>{inline(t.tokens, depth)}</strong>;
    case 'em':
      return <em key={i}>{inline(t.tokens, depth)}</em>;
    case 'del':
      return <del key={i}>{inline(t.tokens, depth)}</del>;
    case 'codespan':
      return <code key={i}>{plain(t.text)}</code>;
    case 'br':
      return <br key={i} />;
    case 'link':
      return link(i, t.href, inline(t.tokens, depth));
    case 'image': // Shown as a link: no message may make this page fetch from elsewhere.
      return link(i, t.href, plain(t.text || t.href));
    case 'text':
      return <span key={i}>{'tokens' in t && t.tokens ? inline(t.tokens, depth) : plain(t.text)}</span>;
    case 'escape':
      return <span key={i}>{plain(t.text)}</span>;
    default: // HTML, and whatever else: as typed.
      return <span key={i}>{t.raw}</span>;
  }
}

function blocks(tokens: Token[], depth: number): ReactNode {
  if (depth > DEEPEST) return tokens.map((t) => t.raw).join('');
  return tokens.map((t, i) => block(t, i, depth + 1));
}

function block(t: Token, i: number, depth: number): ReactNode {
  switch (t.type) {
    case 'space':
    case 'def':
      return null;
    case 'paragraph':
      return <p key={i}>{inline(t.tokens, depth)}</p>;
    case 'heading':
      return (
        <p key={i}>
          <strong>{inline(t.tokens, depth)}</strong>
        </p>
      );
    case 'blockquote':
      return <blockquote key={i}>{blocks(t.tokens ?? [], depth)}</blockquote>;
    case 'code':
      return (
        <pre key={i} tabIndex={0}>
          <code>{t.text}</code>
        </pre>
      );
    case 'list':
      return list(t as Tokens.List, i, depth);
    case 'table':
      return table(t as Tokens.Table, i, depth);
    case 'hr':
      return <hr key={i} />;
    case 'text':
      return <span key={i}>{inline('tokens' in t && t.tokens ? t.tokens : [t], depth)}</span>;
    default:
      return <p key={i}>{t.raw}</p>;
  }
}

function list(t: Tokens.List, key: number, depth: number): ReactNode {
  // biome-ignore lint/suspicious/noArrayIndexKey: a message's text does not reorder
  const items = t.items.map((item, j) => <li key={j}>{blocks(item.tokens, depth)}</li>);
  return t.ordered ? (
    <ol key={key} start={Number(t.start) || 1}>
      {items}
    </ol>
  ) : (
    <ul key={key}>{items}</ul>
  );
}

function table(t: Tokens.Table, key: number, depth: number): ReactNode {
  return (
    <div key={key} className="wide-table">
      <table>
        <thead>
          <tr>
            {t.header.map((cell, j) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a message's text does not reorder
              <th key={j}>{inline(cell.tokens, depth)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {t.rows.map((row, j) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a message's text does not reorder
            <tr key={j}>
              {row.map((cell, n) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: as above
                <td key={n}>{inline(cell.tokens, depth)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const CACHED = 1000;
const cache = new Map<string, ReactNode>();

/** A message's text as elements. Whatever it holds, this gives something to show. */
export function markdown(text: string): ReactNode {
  const held = cache.get(text);
  if (held !== undefined) return held;
  if (cache.size >= CACHED) cache.clear();
  const made = render(text);
  cache.set(text, made);
  return made;
}

/**
 * What the lexer is slow at, so that one message could stop the page for everybody: marks nested dozens
 * deep at the start of a line, and a thousand signs without a space. Nobody writes either as Markdown.
 */
const COSTLY = /^(?:[ \t]*(?:>|[-*+]|\d+[.)])){24}|\S{1000}/m;

const asTyped = (text: string): ReactNode => <p className="as-typed">{text}</p>;

function render(text: string): ReactNode {
  if (COSTLY.test(text)) return asTyped(text);
  try {
    return blocks(Lexer.lex(text, { gfm: true, breaks: true }), 0);
  } catch {
    // Nested so deeply that the lexer ran out of stack: one message must not take the room down.
    return asTyped(text);
  }
}

/** The first words of a message without its marks, for quotes. */
export const excerpt = (text: string, longest = 140): string => {
  const flat = text
    .replace(/^\s*```.*$/gm, '')
    .replace(/[*_~`>#]+/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  return flat.length > longest ? `${flat.slice(0, longest - 1)}…` : flat;
};
