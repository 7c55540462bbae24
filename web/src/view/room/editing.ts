// Which message is being edited, and what was typed so far: its row may leave the screen meanwhile.
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';

type Editing = { id: number; text: string };

const store = createStore<{ now: Editing | null }>(() => ({ now: null }));

export const edit = (now: Editing | null): void => store.setState({ now });

/** The text that this message is being changed to; null while it is not. */
export const useEdit = (id: number): string | null => useStore(store, ({ now }) => (now?.id === id ? now.text : null));
