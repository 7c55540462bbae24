import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import './toasts.css';

const STAY_MS = 5000;
let nextId = 1;
const store = createStore<{ list: { id: number; text: string }[] }>(() => ({ list: [] }));

/** Says something near the top of the page for a few seconds. */
export function toast(text: string): void {
  const id = nextId++;
  store.setState((s) => ({ list: [...s.list.slice(-2), { id, text }] }));
  setTimeout(() => store.setState((s) => ({ list: s.list.filter((t) => t.id !== id) })), STAY_MS);
}

export function Toasts() {
  const list = useStore(store, (s) => s.list);
  return (
    <div className="toasts" role="status">
      {list.map((t) => (
        <p key={t.id}>{t.text}</p>
      ))}
    </div>
  );
}
