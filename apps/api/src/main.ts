import { start } from '@kilomega/process'
import { ApiModule } from './api.module.js'

void start(ApiModule)
