import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// Everything is addressed relative to the page's <base>, which the server sets to the public path.
export default defineConfig({
  base: './',
  plugins: [react()],
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    cssCodeSplit: true,
    manifest: true,
    sourcemap: false,
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': process.env.SPIKA_URL ?? 'http://127.0.0.1:8080' } },
  // One worker for all: starting another takes longer than the tests it would run.
  test: {
    environment: 'node',
    include: ['src/**/*.test.{ts,tsx}'],
    pool: 'threads',
    maxWorkers: 1,
    isolate: false,
  },
});
