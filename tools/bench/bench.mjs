// `npm run bench`: builds what is measured (nx knows what is built already), then measures with the repository's own Node.
import { environment, root, run } from '../start/repository.mjs'

const built = await run('nx', ['run-many', '-t', 'build', '-p', '@kilomega/bench,@kilomega/app-api', '--output-style=static'], {
  stdio: ['ignore', 'ignore', 'inherit'],
})
if (built !== 0) console.error('The build failed: `npm run build` says why')
// Users run production mode: development checks every value that crosses a port.
process.exitCode =
  built === 0
    ? await run('node', ['tools/bench/dist/main.js', ...process.argv.slice(2)], { cwd: root, env: { ...environment(), NODE_ENV: 'production' } })
    : built
