import { useEffect, useState } from 'react';
import { asFailure } from '../../api/http';
import type { User } from '../../api/wire';
import { useApp, useDesk } from '../app/context';

const PAUSE_MS = 150;

export type Found = { people: User[]; status: 'loading' | 'ready' | 'failed'; trouble: string | null };

/** People (no bots) whose name begins with what was typed, oneself left out. */
export function usePeopleSearch(typed: string): Found {
  const { api } = useApp();
  const { users } = useDesk();
  const [found, setFound] = useState<Found>({ people: [], status: 'loading', trouble: null });
  useEffect(() => {
    let current = true;
    const timer = setTimeout(
      () =>
        search(api, typed.trim()).then(
          (people) => {
            if (!current) return;
            users.know(people);
            setFound({ people, status: 'ready', trouble: null });
          },
          (e) => current && setFound({ people: [], status: 'failed', trouble: asFailure(e).message }),
        ),
      typed === '' ? 0 : PAUSE_MS,
    );
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [api, users, typed]);
  return found;
}

type Contacts = (keyword: string, cursor?: number) => Promise<{ list: User[]; nextCursor: number | null }>;

/** Enough to choose from; who is not among them is found by typing more. */
const ENOUGH = 40;

async function search({ contacts }: { contacts: Contacts }, keyword: string): Promise<User[]> {
  const people = new Map<number, User>();
  let cursor: number | undefined;
  do {
    const page = await contacts(keyword, cursor);
    for (const user of page.list) if (!user.isBot && !user.deleted) people.set(user.id, user);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && people.size < ENOUGH);
  return [...people.values()];
}
