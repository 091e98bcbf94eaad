# SPDX-License-Identifier: MIT

# Says so when bats is missing. The environment is that of all *.test files, see live/local.mk.
TESTS += %D%/bats.test
EXTRA_DIST += %D%/bats.test %D%/common.bash %D%/completion.bats %D%/configuration.bats %D%/formats.bats %D%/output.bats \
	%D%/replay.bats %D%/targets.bats %D%/usage.bats
