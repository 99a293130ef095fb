import { planApp } from '@kilomega/process'
import { ApiModule } from './api.module.js'

void planApp(ApiModule)
