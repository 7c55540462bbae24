import { TriangleAlert } from 'lucide-react';
import { Component, type ReactNode } from 'react';
import { Button } from '../kit/Button';
import { Empty } from '../kit/State';

/**
 * Stands in for a page that broke, or whose code could not be fetched because the server was updated
 * since the page was opened.
 */
export class Boundary extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override render() {
    if (!this.state.broken) return this.props.children;
    return (
      <main className="splash">
        <h1 className="out-of-sight">This page stopped working</h1>
        <Empty
          icon={<TriangleAlert size={24} />}
          title="This page stopped working"
          action={
            <Button kind="primary" onClick={() => location.reload()}>
              Reload
            </Button>
          }
        >
          It may be from before the server was updated. What you wrote is kept.
        </Empty>
      </main>
    );
  }
}
