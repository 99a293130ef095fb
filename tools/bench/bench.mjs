// `npm run bench`: builds what is measured (nx knows what is built already), then measures under the repository's own Node.
import { environment, root, run } from '../start/repository.mjs'

const built = await run('nx', ['run-many', '-t', 'build', '-p', '@kilomega/bench,@kilomega/app-api', '--output-style=static'], {
  stdio: ['ignore', 'ignore', 'inherit'],
})
if (built !== 0) console.error('The build failed: `npm run build` says why')
// Production is what users run: development checks every value that crosses a port.
process.exitCode =
  built === 0
    ? await run('node', ['tools/bench/dist/main.js', ...process.argv.slice(2)], { cwd: root, env: { ...environment(), NODE_ENV: 'production' } })
    : built
