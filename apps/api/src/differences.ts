import { printDifferences } from '@kilomega/process'
import { ApiModule } from './api.module.js'

void printDifferences(ApiModule)
