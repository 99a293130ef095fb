#!/usr/bin/env node
// Committed to the repository, because npm links the commands of a workspace at install time, before anything is built.
import { existsSync } from 'node:fs'

/** Commands that run applications or read their code: with an old build they would silently do the wrong thing. */
const needsBuild = new Set(['start', 'up', 'db', 'nats-config', 'extract'])
/** Missing in an image, which contains only a build. */
const builder = new URL('../../../tools/start/build.mjs', import.meta.url)
const program = new URL('../dist/main.js', import.meta.url)

if ((await isBuilt(process.argv.slice(2))) && existsSync(program)) {
  const { main } = await import(program.href)
  await main(process.argv)
} else {
  if (process.exitCode === undefined) console.error('km is not built yet: run `npm start` or `npm run build` first')
  process.exitCode = 1
}

/** Builds first where that is needed. Reports a failure on stderr, so that no program reads it as the command's output. */
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
