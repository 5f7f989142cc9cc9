# Timestep's set-up, build and tests. `make help` lists what there is.

SHELL := /bin/bash
.DEFAULT_GOAL := build
MAKEFLAGS += --no-print-directory

# What `make train` trains.
TRAIN ?= resnet-20 --h 0.1 --dataset fashion-mnist --epochs 2
# An installed PyTorch 2.11 or later to use instead of a download: the folder of its package torch.
LIBTORCH ?=
# Steps of `make example`; all of two epochs if empty.
STEPS ?=
# Options of Benchmarks/compare for `make bench`, such as `--network resnet-110`.
BENCH ?=
# Seconds for each reader of `make libfuzzer`.
LIBFUZZER ?= 60
# Damaged files for each reader of `make fuzz`.
FUZZ ?= 10000
# Where `make install` puts the command.
PREFIX ?= /usr/local
# Compiler processes at a time.
JOBS ?= 2

export LIBTORCH
# The threads of tests wait for each other without spinning for long; the command does the same.
export GOMP_SPINCOUNT ?= 2000
# The folders of Debian and Fedora are SwiftPM's own defaults only where the program pkg-config is.
export PKG_CONFIG_PATH := $(CURDIR)/.libtorch/pkgconfig:$(PKG_CONFIG_PATH):/usr/lib/x86_64-linux-gnu/pkgconfig:/usr/lib64/pkgconfig

# Every call of SwiftPM gets the same flags, so that none rebuilds what another built. Recursively
# expanded: .libtorch/location is read when a recipe runs, after `make libtorch`.
torch_lib = $(shell cat .libtorch/location)/lib
swift_flags = --configuration release --jobs $(JOBS) \
	--explicit-target-dependency-import-check error \
	-Xlinker -rpath -Xlinker "$(torch_lib)"
test_flags = $(swift_flags) --disable-testable-imports --no-parallel

.PHONY: help build train example test fuzz libfuzzer sanitize disks bench experiments lint format consumer install system libtorch data clean distclean

help: ## Lists these targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12
	@echo
	@echo 'Variables: LIBTORCH=DIR uses the PyTorch (2.11 or later) in DIR; PREFIX=DIR; JOBS=N;'
	@echo '           TRAIN="resnet-20 --epochs 1" is what `make train` trains.'

build: system libtorch ## Builds the library and the command (the default)
	@swift build $(swift_flags)

train: build data ## Trains the default network on Fashion-MNIST and prints where the run is
	@.build/release/timestep train $(TRAIN)

example: build data ## Trains through the library: Examples/FashionMNIST
	@LD_LIBRARY_PATH="$(torch_lib)" .build/release/fashion-mnist $(STEPS)

test: build data ## Runs the tests
	@swift test $(test_flags)

fuzz: build ## Reads 10,000 damaged files (FUZZ=N: others) with each reader
	@TIMESTEP_FUZZ=$(FUZZ) swift test $(test_flags) --filter FuzzTests

libfuzzer: system libtorch ## Runs libFuzzer on each reader (LIBFUZZER=seconds, 60)
	@Fuzzing/run "" $(LIBFUZZER)

sanitize: system libtorch data ## Runs tests under AddressSanitizer, UBSan and ThreadSanitizer (long)
	@JOBS=$(JOBS) Scripts/sanitize address
	@JOBS=$(JOBS) Scripts/sanitize thread

disks: build ## Trains into full and read-only disks; needs root
	@Scripts/disk-test

bench: system libtorch ## Measures training steps against PyTorch (installs it into .venv-bench)
	@swift build --package-path Benchmarks --configuration release --jobs $(JOBS)
	@Benchmarks/setup
	@Benchmarks/compare $(BENCH)

experiments: build data ## Carries out every experiment at its smallest scale, without pictures
	@.build/release/timestep experiment all --scale smoke --no-pictures --quiet --output .build/experiments

lint: ## Checks the format of the sources and the manifest
	@Scripts/lint

format: ## Formats the sources
	@swift format --in-place --parallel --recursive $(wildcard Sources Tests Examples Benchmarks) Package.swift

consumer: system libtorch ## Builds a package that depends on the last commit by version
	@JOBS=$(JOBS) Scripts/consumer

install: build ## Installs the command in PREFIX
	@Scripts/install "$(PREFIX)"

system: ## Checks, and as root installs, what is needed of the system
	@Scripts/check-system

libtorch: system ## Downloads libtorch, or takes the one that LIBTORCH names
	@Scripts/fetch-libtorch

data: system ## Downloads Fashion-MNIST
	@Scripts/fetch-fashion-mnist

clean: ## Removes what was built
	@rm -rf .build

distclean: clean ## Removes what was built and what was downloaded
	@rm -rf .libtorch .data
