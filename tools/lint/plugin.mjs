import fileName from './file-name.mjs'
import functionLimits from './function-limits.mjs'
import moduleInApp from './module-in-app.mjs'
import npmPackages from './npm-packages.mjs'

export default {
  meta: { name: 'kilomega' },
  rules: { 'file-name': fileName, 'function-limits': functionLimits, 'module-in-app': moduleInApp, 'npm-packages': npmPackages },
}
