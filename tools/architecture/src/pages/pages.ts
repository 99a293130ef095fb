import { configPage, environmentExample } from './config-page.js'
import { errorsPage } from './errors-page.js'
import { graphPage } from './graph-page.js'
import { loadSystem } from './loaded-system.js'
import { portsJson } from './ports-json.js'
import { portsPage } from './ports-page.js'

/** Every generated page, by its path. */
export async function pages(): Promise<Map<string, string>> {
  const system = await loadSystem()
  return new Map([
    ['docs/graph.md', graphPage()],
    ['docs/ports.md', portsPage(system)],
    ['docs/ports.json', portsJson(system)],
    ['docs/errors.md', errorsPage(system)],
    ['docs/config.md', configPage(system)],
    ['.env.example', environmentExample(system)],
  ])
}
