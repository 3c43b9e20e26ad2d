"""Each tries to break one invariant of DESIGN.md section 2, over HTTP and real servers.

 1  no record, no release                test_no_record_no_release
 2  no rule, no field                    test_no_rule_no_field
 3  decide before asking                 test_decide_before_asking
 4  consent binds the next request       test_consent_in_every_replica, test_settled_by_the_log,
                                        journey/test_consents
 5  absence is typed, and is data        test_absence_is_typed
 6  other callers are not told           test_other_callers_are_not_told
 7  no personal code where it may leak   test_no_personal_code_leaks
 8  Redis may vanish                     test_redis_may_vanish, service/fetch/test_redis_gone
 9  sensitivity by value                 test_sensitivity_by_value
10  a new register is new files only     test_a_new_register_is_new_files
11  everyone is counted                  test_everyone_is_counted
12  outside and unknown look alike       test_outside_and_unknown_look_alike
"""
