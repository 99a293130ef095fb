import { describeTables } from '@kilomega/port-testing'
import { implementation } from '../index.js'

describeTables(implementation)
