import { en } from "zod/locales";
import * as z from "zod/mini";

// zod/mini knows no texts: without this every issue says "Invalid input"
z.config(en());
