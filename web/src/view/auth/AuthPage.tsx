import { Check, CheckCheck, Terminal } from 'lucide-react';
import type { ReactNode } from 'react';
import { Avatar } from '../kit/Avatar';
import './auth.css';

/** The frame of every page for people who are not signed in: a form, and beside it what the product does. */
export function AuthPage({ title, lead, children }: { title: string; lead?: ReactNode; children: ReactNode }) {
  return (
    <div className="auth">
      <main className="auth-main">
        <div className="auth-form">
          <Brand />
          <h1>{title}</h1>
          {lead && <p className="auth-lead">{lead}</p>}
          {children}
        </div>
      </main>
      <Showcase />
    </div>
  );
}

export const Brand = () => (
  <p className="brand">
    <img src="./favicon.svg" width={36} height={36} alt="" />
    <span>Spika</span>
  </p>
);

/** A picture of the main job, drawn with the product's own parts. */
function Showcase() {
  return (
    <div className="showcase" aria-hidden="true">
      <div className="showcase-inside">
        <p className="showcase-claim">Your team, and everything that works for it, in one conversation.</p>
        <div className="showcase-card terminal">
          <Terminal size={15} />
          <code>
            curl … -d '{'{'}"text":"Build 812 passed"{'}'}'
          </code>
        </div>
        <div className="showcase-card">
          <Line id={0} bot name="Build server" time="14:02" text="Build 812 passed in 3 min 12 s" state="seen" />
          <Line id={2} name="Ines Costa" time="14:03" text="Rolling it out now." state="delivered" />
        </div>
      </div>
    </div>
  );
}

function Line(p: { id: number; bot?: boolean; name: string; time: string; text: string; state: 'seen' | 'delivered' }) {
  return (
    <div className="showcase-line">
      <Avatar id={p.id} name={p.name} bot={p.bot} />
      <div>
        <p>
          <b>{p.name}</b> {p.bot && <span className="bot-tag">bot</span>} <time>{p.time}</time>
        </p>
        <p>{p.text}</p>
        <p className={`showcase-state ${p.state}`}>
          {p.state === 'seen' ? <CheckCheck size={14} /> : <Check size={14} />}
          {p.state === 'seen' ? 'Seen by 4' : 'Sent'}
        </p>
      </div>
    </div>
  );
}
