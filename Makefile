# Each target does its own set-up; `make run` on a fresh Debian 12 needs only Python 3.11 and make.
.PHONY: run demo test test-fast lint licences release installation-trial bench proto fuzz soak format clean
VENV := .venv/bin
# Each worker has its own PostgreSQL and Chromium; files keep their order, the long ones are early.
# One more of them than cores, since most tests wait now and then; five at the most.
WORKERS := -n $(shell n=$$(nproc); echo $$((n < 4 ? n + 1 : 5))) --dist loadfile --no-loadscope-reorder

run: .set-up-run            ## the whole system over simulated wires; serves its pages until Ctrl-C
	@$(VENV)/egate demo

demo: .set-up-run           ## the same, and ends when the last traveller has passed
	@$(VENV)/egate demo --exit

test: .set-up-test          ## every test; what is not installed is named and skipped
	@$(VENV)/coverage erase
	$(VENV)/coverage run -m pytest $(WORKERS) -m "not alone"
	$(VENV)/coverage run -m pytest -m alone
	$(VENV)/coverage combine -q
	$(VENV)/coverage report --skip-covered --fail-under=90 | tail -n 40
	$(VENV)/coverage report --include='egate/domain/*,egate/emrtd/*' --skip-covered --fail-under=100

test-fast: .set-up-test     ## within five minutes: what needs no other process; while you write
	$(VENV)/pytest $(WORKERS) -q -m "not alone and not system" \
	    tests/architecture tests/contract tests/property tests/unit tests/vectors

lint: .set-up-test          ## style, types, the dependency rule, licences, known vulnerabilities
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	$(VENV)/lint-imports --no-cache
	$(VENV)/mypy
	$(VENV)/python requirements/bill_of_materials.py
	$(VENV)/python requirements/advisories.py

licences: .set-up-test      ## write the bill of materials and the list of licences from the locks
	$(VENV)/python requirements/bill_of_materials.py --write

release: .set-up-test       ## dist/egate-VERSION-ARCH.tar.gz: what a bare Debian needs (docs/installation.md)
	installation/release.sh dist

installation-trial: release ## for root: the guide of installation, followed in two bare Debians
	$(VENV)/python -m tests.installation dist/egate-*.tar.gz

bench: .set-up-test         ## every benchmark; writes docs/benchmarks.md
	$(VENV)/python -m benchmarks

proto: .set-up-test         ## generate egate/wire from proto/
	$(VENV)/python proto/generate.py

fuzz: .set-up-test          ## damaged bytes for every parser that takes any from outside; see docs/fuzzing.md
	$(VENV)/python -m tests.fuzz --cases 10000000 --jobs 2

soak: .set-up-test          ## the nightly column of docs/reliability.md, and thousands of sessions: what grows
	$(VENV)/python -m tests.nightly
	$(VENV)/python -m tests.gate_kills.on_wires
	$(VENV)/python -m tests.soak --sessions 10000 --write
	$(VENV)/python -m tests.soak --wires --sessions 1000 --write

format: .set-up-test
	$(VENV)/ruff check --fix .
	$(VENV)/ruff format .

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*

.PHONY: .set-up-run .set-up-test
.set-up-run:
	@requirements/set_up.sh run
.set-up-test:
	@requirements/set_up.sh test
