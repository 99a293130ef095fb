#!/usr/bin/env node
// Committed, because npm links the commands of a workspace at install time, before anything is built.
import { existsSync } from 'node:fs'

const program = new URL('../dist/main.js', import.meta.url)
if (existsSync(program)) {
  const { main } = await import(program.href)
  await main(process.argv)
} else {
  console.error('km is not built yet: run `npm start` or `npm run build` first')
  process.exitCode = 1
}
