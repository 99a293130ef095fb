#!/usr/bin/env node
// Committed, because npm links the commands of a workspace at install time, before anything is built.
import { existsSync } from 'node:fs'

/** What runs or reads applications: it would go on with an old build without a word. */
const needsBuild = new Set(['start', 'up', 'db', 'nats-config', 'extract'])
/** Not there in an image, which holds nothing but a build. */
const builder = new URL('../../../tools/start/build.mjs', import.meta.url)
const program = new URL('../dist/main.js', import.meta.url)

if ((await isBuilt(process.argv.slice(2))) && existsSync(program)) {
  const { main } = await import(program.href)
  await main(process.argv)
} else {
  if (process.exitCode === undefined) console.error('km is not built yet: run `npm start` or `npm run build` first')
  process.exitCode = 1
}

/** Builds first where that is needed; says on stderr, which nobody reads as an answer, what was wrong. */
async function isBuilt(words) {
  if (!needsBuild.has(words[0]) || words.includes('--help') || words.includes('-h') || !existsSync(builder)) return true
  try {
    await (await import(builder.href)).buildWhenNeeded({ shownOn: process.stderr })
    return true
  } catch (error) {
    console.error(error.message)
    process.exitCode = 1
    return false
  }
}
