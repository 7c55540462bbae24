// The people of the team and the ways in, for its owner and admins.
import { Lock, UserPlus } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { useDesk, useMe } from '../app/context';
import { Button } from '../kit/Button';
import { Empty, Skeleton } from '../kit/State';
import { count } from '../kit/words';
import { MenuButton } from '../shell/MenuButton';
import { AddPerson } from './AddPerson';
import { Invites } from './Invites';
import { PersonRow } from './PersonRow';
import './people.css';

export default function PeoplePage() {
  const me = useMe();
  return (
    <main id="main" className="main">
      <header className="room-header">
        <MenuButton />
        <h1>People</h1>
      </header>
      {me.role === 'member' ? <NotForMe /> : <Lists />}
    </main>
  );
}

const NotForMe = () => (
  <Empty icon={<Lock size={24} />} title="Only admins can manage people">
    Ask an admin of your team if somebody should be invited or needs a new password.
  </Empty>
);

function Lists() {
  const { people } = useDesk();
  const state = useStore(people.store);
  const [adding, setAdding] = useState(false);
  useEffect(() => void people.load(), [people]);
  if (state.status === 'failed') {
    return (
      <Empty title="The people could not be loaded" action={<Button onClick={() => people.load()}>Try again</Button>}>
        {state.trouble}
      </Empty>
    );
  }
  return (
    <div className="page">
      <Invites invites={state.invites} />
      <section aria-labelledby="team">
        <div className="details-section-head">
          <h2 id="team">
            In the team
            {state.status === 'ready' && <small>{count(state.people.length, 'person', 'people')}</small>}
          </h2>
          <Button icon={<UserPlus size={15} aria-hidden />} onClick={() => setAdding(true)}>
            Add a person
          </Button>
        </div>
        {state.status === 'loading' && <Skeleton rows={4} label="Loading people" />}
        <ul className="people">
          {state.people.map((person) => (
            <PersonRow key={person.id} person={person} />
          ))}
        </ul>
      </section>
      {adding && <AddPerson onClose={() => setAdding(false)} />}
    </div>
  );
}
