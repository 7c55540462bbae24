import { Compass } from 'lucide-react';
import { Link } from 'wouter';
import { Empty } from '../kit/State';
import { MenuButton } from '../shell/MenuButton';

/** An address that leads nowhere. */
export function NotFound() {
  return (
    <main id="main" className="main">
      <header className="room-header">
        <MenuButton />
        <h1>Page not found</h1>
      </header>
      <Empty
        icon={<Compass size={26} />}
        title="There is nothing at this address"
        action={
          <Link href="/" className="button primary">
            Go to your rooms
          </Link>
        }
      >
        The link may be incomplete, or what it led to is gone.
      </Empty>
    </main>
  );
}
