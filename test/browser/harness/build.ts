// Builds the program under test once, unless SPIKA_BIN names one.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const repository = join(__dirname, '..', '..', '..');

export default function build(): (() => void) | undefined {
  if (process.env.SPIKA_BIN) return;
  const folder = mkdtempSync(join(tmpdir(), 'spika-bin-'));
  const binary = join(folder, 'spika');
  execFileSync('go', ['build', '-o', binary, './cmd/spika'], {
    cwd: repository,
    env: { ...process.env, CGO_ENABLED: '0' },
    stdio: 'inherit',
  });
  process.env.SPIKA_BIN = binary;
  return () => rmSync(folder, { recursive: true, force: true });
}
