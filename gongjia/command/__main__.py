"""`python -m gongjia.command` is what `.venv/bin/gongjia` runs."""

from gongjia.command import main

raise SystemExit(main())
